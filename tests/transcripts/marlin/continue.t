# tests/transcripts/marlin/continue.t   model: synthetic   firmware: 2.1.2   date: 2026-11-20   why: after a death: a half line is made harmless, two answers alike
+0      = learn numbered temps answers
+0      = ask
+1      < Error:No Checksum with line number, Last Line: 17
+1      < Resend: 18
+1      < ok
+200    > N1999999999 M105*31
+202    < Error:Line Number is not Last Line Number+1, Last Line: 17
+202    < Resend: 18
+202    < ok
+252    > N1999999999 M105*31
+255    < Error:Line Number is not Last Line Number+1, Last Line: 17
+255    < Resend: 18
+255    < ok
+305    ! COUNT 17
+320    = count 17
+321    = send G1 X18
+321    > N18 G1 X18*96
+322    < ok N18 P15 B3
+322    ! ANSWER ok
+322    ! ACKED 18
