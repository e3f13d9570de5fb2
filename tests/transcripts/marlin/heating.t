# tests/transcripts/marlin/heating.t   model: synthetic   firmware: bugfix-2.1.x   date: 2026-11-20   why: M109's own reports are life
+0      = learn numbered temps answers
+0      = base 10000
+0      > N10000 M110*34
+1      < ok N10000 P15 B3
+1      > N1999999999 M105*31
+2      < Error:Line Number is not Last Line Number+1, Last Line: 10000
+2      < Resend: 10001
+2      < ok
+52     > N10001 M105*39
+54     < ok T:19.38 /0.00 B:19.38 /0.00 @:0 B@:0
+54     ! TEMPS T=19.4/0.0 B=19.4/0.0
+54     ! SETTLED 10001
+100    = send M109 S45
+100    > N10002 M109 S45*90
+1100   < T:21.00 /45.00 B:19.00 /0.00 @:127 B@:0 W:?
+1100   ! TEMPS T=21.0/45.0 B=19.0/0.0
+3100   < T:30.00 /45.00 B:19.00 /0.00 @:127 B@:0 W:?
+3100   ! TEMPS T=30.0/45.0 B=19.0/0.0
+5100   < T:45.00 /45.00 B:19.00 /0.00 @:60 B@:0 W:9
+5100   ! TEMPS T=45.0/45.0 B=19.0/0.0
+7100   < T:45.00 /45.00 B:19.00 /0.00 @:60 B@:0 W:7
+7100   ! TEMPS T=45.0/45.0 B=19.0/0.0
+8000   < ok N10002 P15 B3
+8000   ! ANSWER ok
+8000   ! ACKED 10002
