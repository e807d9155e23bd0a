/// What this program is.
package enum Version {
  /// The program's name.
  package static let name = "wyn360"
  /// The program's version, the roadmap's target.
  package static let number = "0.3.45"
  /// The version of the protocol: its first number changes when a client must.
  package static let protocolVersion = "1.1"
}
