# tests/transcripts/marlin/junk_number.t   model: synthetic   firmware: plain   date: 2026-11-20   why: a damaged N makes an unknown command whose ok is believed; the next line shows it
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
+101    < echo:Unknown command: "n10002 G1 X10"
+101    < ok
+101    ! ANSWER echo:Unknown command: "n10002 G1 X10"
+101    ! ANSWER ok
+101    ! ACKED 10002
+102    = send G1 X11
+102    > N10003 G1 X11*82
+103    < Error:Line Number is not Last Line Number+1, Last Line: 10001
+103    < Resend: 10002
+103    < ok
+203    > N1999999999 M105*31
+204    < Error:Line Number is not Last Line Number+1, Last Line: 10001
+204    < Resend: 10002
+204    < ok
+254    > N1999999999 M105*31
+256    < Error:Line Number is not Last Line Number+1, Last Line: 10001
+256    < Resend: 10002
+256    < ok
+306    > N10002 G1 X10*82
+308    < ok
+308    > N10003 G1 X11*82
+309    < ok
+309    ! ACKED 10003
