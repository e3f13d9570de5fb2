# tests/transcripts/marlin/answers_damaged.t   model: synthetic   firmware: 2.1   date: 2026-11-20   why: three damaged answers do not mean that the firmware cannot count
+0      = settle
+0      > N1999999999 M105*31
+1      < Error:Line Number is not Last Line Number+1, Laxt Line: 0
+1      < Resend: 1
+1      < ok
+1      ! ERROR Line Number is not Last Line Number+1, Laxt Line: 0
+201    > N1999999999 M105*31
+202    < Error:Line Number is not Last Line Number+1, Last Line: 0
+202    < Besend: 1
+202    < ok
+402    > N1999999999 M105*31
+403    < Error:Line Number is not Last Line Number+1, Last Mine: 0
+403    < Resend: 1
+403    < ok
+403    ! ERROR Line Number is not Last Line Number+1, Last Mine: 0
+603    > N1999999999 M105*31
+604    < Error:Line Number is not Last Line Number+1, Last Line: 0
+604    < Resend: 1
+604    < ok
+654    > M105
+655    < ok T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0
+655    ! TEMPS T=20.0/0.0 B=20.0/0.0
+655    ! SETTLED 0
+700    = end
