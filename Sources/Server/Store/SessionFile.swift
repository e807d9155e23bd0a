internal import OperatingSystem
internal import Protocol

/// The file of a session that is open here: nobody else writes it as long as this object lives.
package final class SessionFile: Sendable {
  /// Where it is, for a person.
  package let path: String
  private let file: OwnFile
  private let holder: SessionHolder

  /// A file that was taken.
  init(_ file: OwnFile, path: String, holder: SessionHolder) {
    self.file = file
    self.path = path
    self.holder = holder
  }

  /// Why lines could not be written.
  package enum Failing: Error, Hashable, Sendable {
    /// For now, or for good; the reason is for a person.
    case refused(String)
    /// Somebody has removed the file.
    case gone
  }

  /// Adds lines, all or none; they outlive this process then.
  package func add(_ lines: [StoredLine]) throws(Failing) {
    var bytes: [UInt8] = []
    do {
      for var line in lines {
        line.now.by = holder
        bytes += try line.bytes()
      }
    } catch { throw .refused("what was said cannot be written as JSON") }
    guard !file.isGone else { throw .gone }
    do throws(SystemError) { try file.add(bytes) } catch { throw .refused(error.text) }
  }
}
