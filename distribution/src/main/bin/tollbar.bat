@echo off
rem Starts Tollbar on a JDK 25 or newer: TOLLBAR_JAVA_HOME, JAVA_HOME, or the folder that holds java on the path.
rem TOLLBAR_JAVA_OPTS: more options for the JVM. TOLLBAR_LOG_LEVEL: error, warn, info (default), debug or trace.
setlocal
for %%I in ("%~dp0..") do set "HOME_DIR=%%~fI"

for %%I in (java.exe) do set "ON_PATH=%%~dp$PATH:I"
if defined ON_PATH for %%I in ("%ON_PATH%..") do set "ON_PATH=%%~fI"
set "FOUND="
call :try "%TOLLBAR_JAVA_HOME%"
call :try "%JAVA_HOME%"
call :try "%ON_PATH%"
if not defined FOUND (
  echo tollbar: needs a JDK 25 or newer and found none. Install one, for example Eclipse Temurin 25, or set TOLLBAR_JAVA_HOME to its folder. 1>&2
  exit /b 69
)

set /a YOUNG=%NUMBER_OF_PROCESSORS% * 16
if %YOUNG% LSS 32 set YOUNG=32
if %YOUNG% GTR 256 set YOUNG=256
set /a HEAP=%YOUNG% + 48
set "COLLECTOR=-XX:+UseSerialGC -Xms%HEAP%m -Xmn%YOUNG%m -XX:SurvivorRatio=6"
echo " %TOLLBAR_JAVA_OPTS% " | findstr /c:"-Xm" /c:"HeapSize=" /c:"NewSize=" /c:"RAMPercentage=" >nul && set "COLLECTOR=-XX:+UseSerialGC"
echo " %TOLLBAR_JAVA_OPTS% " | findstr /r /c:"-XX:+Use[A-Za-z0-9]*GC" >nul && set "COLLECTOR="

"%FOUND%\bin\java.exe" %COLLECTOR% -XX:InlineSmallCode=4000 -XX:AllocatePrefetchLines=8 -XX:AllocatePrefetchDistance=512 ^
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow ^
  -Dpolyglot.engine.WarnInterpreterOnly=false ^
  "-Dtollbar.home=%HOME_DIR%" "-Dlogback.configurationFile=%HOME_DIR%\conf\logback.xml" ^
  %TOLLBAR_JAVA_OPTS% -cp "%HOME_DIR%\lib\*" dev.tollbar.bootstrap.Main %*
exit /b %ERRORLEVEL%

:try
if defined FOUND exit /b 0
if "%~1"=="" exit /b 0
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\release" exit /b 0
for /f "tokens=2 delims==." %%V in ('findstr /b "JAVA_VERSION=" "%~1\release"') do set "FEATURE=%%~V"
set "FEATURE=%FEATURE:"=%"
if %FEATURE% GEQ 25 set "FOUND=%~1"
exit /b 0
