# tests/transcripts/marlin/lost_ok_reports.t   model: synthetic   firmware: 2.1.2   date: 2026-11-20   why: reports go on while an ok is lost: they are no sign of life of the line
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
+100    = send G1 X10
+100    > N10002 G1 X10*82
+1000   < T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0
+1000   ! TEMPS T=20.0/0.0 B=20.0/0.0
+3000   < T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0
+3000   ! TEMPS T=20.0/0.0 B=20.0/0.0
+3100   > N1999999999 M105*31
+3101   < Error:Line Number is not Last Line Number+1, Last Line: 10002
+3101   < Resend: 10003
+3101   < ok
+3151   > N10003 M105*37
+3151   ! ACKED 10002
+3153   < ok T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0
+3153   ! TEMPS T=20.0/0.0 B=20.0/0.0
