/// The limits of what is asked of the operating system, each with its reason.
package enum SystemLimits {
  /// Addresses of one name that are looked at: names of the largest services have some dozen.
  static let addressesMax = 64
  // MARK: Files

  /// Bytes of a configuration file, token or cache that is read whole: a thousand times the usual; a larger file is not
  /// what its name says.
  package static let fileMax = 4 * 1024 * 1024
  /// Milliseconds that a file must have been left alone before what was read of it is remembered: the coarsest clock of a
  /// file system in use.
  static let fileSettledMs = 2_000
  /// Files that are remembered: those of one person's configuration are a few.
  static let filesKeptMax = 64
  /// Bytes asked for at once of such a file: nearly all of them fit in one.
  static let filePiece = 16 * 1024
  /// Bytes of a path: what POSIX systems take (PATH_MAX).
  package static let pathMax = 4_096
  /// Symbolic links of the path of a file to be written that are followed: what Linux follows.
  static let linksFollowedMax = 40
  /// Bytes of one name (NAME_MAX).
  static let nameMax = 255
  /// Names of one folder that are looked at: they are held at once, in some 100 bytes each.
  package static let namesMax = 500_000
  /// Tries for the name of a temporary file; each one taken is left from a crash.
  static let temporaryNamesMax = 100

  // MARK: Child processes

  /// Bytes read of a child's output at once: what a pipe holds.
  static let childReadBytes = 64 * 1024
  /// Bytes that are still taken when a child is over: what a pipe may hold at most.
  static let childDrainMax = 1024 * 1024
  /// Bytes that wait for a child to read them: whoever writes faster than it reads is told to stop.
  package static let childInputMax = 16 * 1024 * 1024

  // MARK: Lines

  /// Bytes read of a terminal at once: the longest line that one takes.
  static let lineReadBytes = 4 * 1024
  /// Bytes of a line that has no end, from which it is taken for one: no answer to a question is that long.
  static let lineBytesMax = 64 * 1024
}
