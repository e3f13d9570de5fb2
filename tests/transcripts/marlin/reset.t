# tests/transcripts/marlin/reset.t   model: synthetic   firmware: 2.1.2   date: 2026-11-20   why: the board starts anew
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
+101    < start
+101    < PowerUp
+101    < Marlin 2.1.2
+101    < echo: Last Updated: 2022-12-10
+101    ! RESET
