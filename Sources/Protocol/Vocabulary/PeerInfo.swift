/// A program's name and version.
package struct PeerInfo: Codable, Hashable, Sendable {
  /// The program's name.
  package var name: String
  /// Its version.
  package var version: String?

  /// A program.
  package init(name: String, version: String?) {
    self.name = name
    self.version = version
  }
}
