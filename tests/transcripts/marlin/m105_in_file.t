# tests/transcripts/marlin/m105_in_file.t   model: synthetic   firmware: bugfix-2.1.x   date: 2026-11-20   why: a numbered M105 is answered without its number
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
+100    = send M105
+100    > N10002 M105*36
+101    < ok T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0
+101    ! TEMPS T=20.0/0.0 B=20.0/0.0
+101    ! ANSWER ok T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0
+101    ! ACKED 10002
+102    = send G1 X1
+102    > N10003 G1 X1*99
+103    < ok N10003 P15 B3
+103    ! ANSWER ok
+103    ! ACKED 10003
