# tests/transcripts/marlin/busy.t   model: synthetic   firmware: bugfix-2.1.x   date: 2026-11-20   why: busy is life, for as long as it takes
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
+100    = send G28
+100    > N10002 G28*16
+2100   < echo:busy: processing
+2100   ! BUSY echo:busy: processing
+4100   < echo:busy: processing
+4100   ! BUSY echo:busy: processing
+6100   < echo:busy: processing
+6100   ! BUSY echo:busy: processing
+8100   < X:0.00 Y:0.00 Z:5.00 E:0.00 Count X:0 Y:0 Z:2000
+8100   < ok N10002 P15 B3
+8100   ! POSITION 0.00 0.00 5.00 0.00
+8100   ! ANSWER ok
+8100   ! ACKED 10002
