/// Every limit of the command line, each with its reason.
enum CommandLineLimits {
  /// The largest whole number of an option: in milliseconds eleven days, in seconds thirty years, in tokens more than any.
  static let numberMax = 1_000_000_000
  /// File descriptors below which a person is warned: what a run with a few commands and servers has open at once.
  static let fewDescriptors = 256
  /// Columns of the help: what most people's terminals have, and the longest lines that are still read.
  static let helpColumns = 118
  /// The column in which the help begins to say what an option does.
  static let helpMargin = 25
}
