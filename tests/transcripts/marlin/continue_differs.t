# tests/transcripts/marlin/continue_differs.t   model: synthetic   firmware: 2.1.2   date: 2026-11-20   why: two answers that differ are no answer
+0      = learn numbered temps answers
+0      = ask
+200    > N1999999999 M105*31
+202    < Error:Line Number is not Last Line Number+1, Last Line: 17
+202    < Resend: 18
+202    < ok
+252    > N1999999999 M105*31
+255    < Error:Line Number is not Last Line Number+1, Last Line: 11
+255    < Resend: 12
+255    < ok
+305    > N1999999999 M105*31
+310    < Error:Line Number is not Last Line Number+1, Last Line: 17
+310    < Resend: 18
+310    < ok
+360    > N1999999999 M105*31
+365    < Error:Line Number is not Last Line Number+1, Last Line: 17
+365    < Resend: 18
+365    < ok
+415    ! COUNT 17
+450    = end
