"""Plan files of other programs through MPXJ, a Java library: always in a process of its own with limits.

`process` is what everyone calls; it starts `child`, which alone starts a Java machine (`machine`) and there reads
(`reader`) and writes (`writer`). Nothing else imports these.
"""
