# tests/transcripts/marlin/continue_busy.t   model: synthetic   firmware: 2.1.2   date: 2026-11-20   why: the printer is busy: the question waits
+0      = learn numbered temps answers
+0      = ask
+200    > N1999999999 M105*31
+1000   < echo:busy: processing
+1000   ! BUSY echo:busy: processing
+3000   < echo:busy: processing
+3000   ! BUSY echo:busy: processing
+3200   > N1999999999 M105*31
+3300   < Error:Line Number is not Last Line Number+1, Last Line: 17
+3300   < Resend: 18
+3300   < ok
+3350   > N1999999999 M105*31
+3360   < Error:Line Number is not Last Line Number+1, Last Line: 17
+3360   < Resend: 18
+3360   < ok
+3410   ! COUNT 17
+3500   = end
