# tests/transcripts/marlin/resend.t   model: synthetic   firmware: 2.1.2   date: 2026-11-20   why: a damaged line is refused and sent again
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
+101    < Error:checksum mismatch, Last Line: 10001
+101    < Resend: 10002
+101    < ok
+201    > N10002 G1 X10*82
+202    < ok N10002 P15 B3
+202    ! ANSWER ok
+202    ! ACKED 10002
