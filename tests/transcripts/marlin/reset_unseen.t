# tests/transcripts/marlin/reset_unseen.t   model: synthetic   firmware: 2.1.2   date: 2026-11-20   why: the banner was lost: the count is lower than what was certain
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
+101    < ok N10002 P15 B3
+101    ! ANSWER ok
+101    ! ACKED 10002
+102    = send G1 X11
+102    > N10003 G1 X11*82
+103    < Error:Line Number is not Last Line Number+1, Last Line: 0
+103    < Resend: 1
+103    < ok
+203    > N1999999999 M105*31
+204    < Error:Line Number is not Last Line Number+1, Last Line: 0
+204    < Resend: 1
+204    < ok
+254    > N1999999999 M105*31
+256    < Error:Line Number is not Last Line Number+1, Last Line: 0
+256    < Resend: 1
+256    < ok
+306    ! LOST 0
+400    = end
