# tests/transcripts/marlin/base_lost_ok.t   model: synthetic   firmware: 2.1.2   date: 2026-11-20   why: the ok of M110 is lost
+0      = learn numbered temps answers
+0      = base 10000
+0      > N10000 M110*34
+3000   > N1999999999 M105*31
+3001   < Error:Line Number is not Last Line Number+1, Last Line: 10000
+3001   < Resend: 10001
+3001   < ok
+3051   > N10001 M105*39
+3053   < ok T:19.38 /0.00 B:19.38 /0.00 @:0 B@:0
+3053   ! TEMPS T=19.4/0.0 B=19.4/0.0
+3053   ! SETTLED 10001
