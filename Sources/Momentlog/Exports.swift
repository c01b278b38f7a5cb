// What a program needs to use a store comes with `import Momentlog`.
@_exported public import CheckpointXML
@_exported public import EventLog
@_exported public import ImageReports
@_exported public import Libvirt
@_exported public import Moments
@_exported public import SQLiteEventLog
