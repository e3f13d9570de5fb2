# tests/transcripts/marlin/wait.t   model: synthetic   firmware: Repetier   date: 2026-11-20   why: three idle words while a line is unacknowledged: its ok was lost
+0      = learn temps answers
+0      = base 10000
+0      > N10000 M110*34
+1      < ok
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
+1100   < wait
+2100   < wait
+2600   < wait
+2600   > N1999999999 M105*31
+2602   < Error:Line Number is not Last Line Number+1, Last Line: 10002
+2602   < Resend: 10003
+2602   < ok
+2652   > N10003 M105*37
+2652   ! ACKED 10002
+2660   < ok T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0
+2660   ! TEMPS T=20.0/0.0 B=20.0/0.0
