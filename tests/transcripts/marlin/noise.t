# tests/transcripts/marlin/noise.t   model: synthetic   firmware: any   date: 2026-11-20   why: bytes that are no line of a printer
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
+101    < ÿ nonsense
+101    < okay
+101    < ok5
+101    < Resend: -5
+101    < ok
+101    ! ANSWER ÿ nonsense
+101    ! ANSWER okay
+101    ! ANSWER ok5
+201    > N1999999999 M105*31
+203    < Error:Line Number is not Last Line Number+1, Last Line: 10002
+203    < Resend: 10003
+203    < ok
+253    > N10003 M105*37
+253    ! ACKED 10002
+256    < ok T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0
+256    ! TEMPS T=20.0/0.0 B=20.0/0.0
