# tests/transcripts/marlin/answer.t   model: synthetic   firmware: bugfix-2.1.x   date: 2026-11-20   why: what a command answers, its ok without queue figures
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
+100    = send M115
+100    > N10002 M115*37
+101    < FIRMWARE_NAME:Marlin bugfix-2.1.x (date time) SOURCE_CODE_URL:x PROTOCOL_VERSION:1.0
+101    < Cap:EEPROM:1
+101    < echo:busy: processing
+101    < T:20.00 /0.00 B:20.00 /0.00 @:0 B@:0
+101    < ok N10002 P15 B3
+101    ! FIRMWARE Marlin bugfix-2.1.x (date time) SOURCE_CODE_URL:x PROTOCOL_VERSION:1.0
+101    ! ANSWER FIRMWARE_NAME:Marlin bugfix-2.1.x (date time) SOURCE_CODE_URL:x PROTOCOL_VERSION:1.0
+101    ! CAP EEPROM:1
+101    ! ANSWER Cap:EEPROM:1
+101    ! BUSY echo:busy: processing
+101    ! TEMPS T=20.0/0.0 B=20.0/0.0
+101    ! ANSWER ok
+101    ! ACKED 10002
