# tests/transcripts/marlin/never_answers.t   model: synthetic   firmware: other   date: 2026-11-20   why: a firmware that does not count is known after three questions
+0      = settle
+0      > N1999999999 M105*31
+1      < ok
+201    < ok
+401    > N1999999999 M105*31
+402    < ok
+602    > N1999999999 M105*31
+603    < ok
+700    = end
