# tests/transcripts/marlin/storm.t   model: synthetic   firmware: 2.1.2   date: 2026-11-20   why: the same line refused again and again: slower and slower, then told
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
+101    < Error:Line Number is not Last Line Number+1, Last Line: 10001
+101    < Resend: 10002
+101    < ok
+201    > N10002 G1 X10*82
+202    < Error:Line Number is not Last Line Number+1, Last Line: 10001
+202    < Resend: 10002
+202    < ok
+402    > N10002 G1 X10*82
+403    < Error:Line Number is not Last Line Number+1, Last Line: 10001
+403    < Resend: 10002
+403    < ok
+803    > N10002 G1 X10*82
+804    < Error:Line Number is not Last Line Number+1, Last Line: 10001
+804    < Resend: 10002
+804    < ok
+1604   > N10002 G1 X10*82
+1605   < Error:Line Number is not Last Line Number+1, Last Line: 10001
+1605   < Resend: 10002
+1605   < ok
+3205   > N10002 G1 X10*82
+3206   < Error:Line Number is not Last Line Number+1, Last Line: 10001
+3206   < Resend: 10002
+3206   < ok
+6406   > N10002 G1 X10*82
+6407   < Error:Line Number is not Last Line Number+1, Last Line: 10001
+6407   < Resend: 10002
+6407   < ok
+11407  > N10002 G1 X10*82
+11408  < Error:Line Number is not Last Line Number+1, Last Line: 10001
+11408  < Resend: 10002
+11408  < ok
+16408  > N10002 G1 X10*82
+16409  < Error:Line Number is not Last Line Number+1, Last Line: 10001
+16409  < Resend: 10002
+16409  < ok
+21409  > N10002 G1 X10*82
+21410  < Error:Line Number is not Last Line Number+1, Last Line: 10001
+21410  < Resend: 10002
+21410  < ok
+26410  > N10002 G1 X10*82
+26410  ! STORM
+26411  < Error:Line Number is not Last Line Number+1, Last Line: 10001
+26411  < Resend: 10002
+26411  < ok
+31411  > N10002 G1 X10*82
+31412  < ok N10002 P15 B3
+31412  ! ANSWER ok
+31412  ! HEALED
+31412  ! ACKED 10002
