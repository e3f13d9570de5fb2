# tests/transcripts/marlin/urgent.t   model: synthetic   firmware: bugfix-2.1.x   date: 2026-11-20   why: M108 ends the wait and has an ok of its own
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
+100    = send M109 S200
+100    > N10002 M109 S200*105
+1100   < T:21.00 /200.00 B:19.00 /0.00 @:127 B@:0 W:?
+1100   ! TEMPS T=21.0/200.0 B=19.0/0.0
+1500   = urgent M108
+1500   > M108
+1501   < ok N10002 P15 B3
+1501   < ok P15 B3
+1501   ! ANSWER ok
+1501   ! ACKED 10002
+1502   = send M104 S0
+1502   > N10003 M104 S0*103
+1503   < ok N10003 P15 B3
+1503   ! ANSWER ok
+1503   ! ACKED 10003
