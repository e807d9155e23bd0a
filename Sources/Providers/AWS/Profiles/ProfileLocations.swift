package import OperatingSystem

/// Where the user's AWS files lie.
package struct ProfileLocations: Sendable, Hashable {
  /// How a system names files and the user's folder.
  package enum Platform: String, Sendable, Hashable {
    case unix, windows

    /// The system this is built for.
    package static var current: Platform { HostSystem.current == .windows ? .windows : .unix }
  }

  /// The user's folder; `nil` when no variable tells it, and then nothing below it exists.
  package var home: String?
  /// The file `config`.
  package var config: String
  /// The file `credentials`.
  package var credentials: String
  private let separator: String

  /// The locations that these variables tell: `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE`, else the folder
  /// `.aws` in the user's own, which is `HOME`, or on Windows `USERPROFILE` or `HOMEDRIVE` with `HOMEPATH` after it.
  package init(environment: ProcessEnvironment, platform: Platform = .current) {
    home = environment["HOME"]
    if home == nil, platform == .windows {
      home = environment["USERPROFILE"]
      if home == nil, let drive = environment["HOMEDRIVE"], let path = environment["HOMEPATH"] { home = drive + path }
    }
    separator = platform == .windows ? "\\" : "/"
    let paths = (environment["AWS_CONFIG_FILE"], environment["AWS_SHARED_CREDENTIALS_FILE"])
    config = ""
    credentials = ""
    config = expanded(paths.0 ?? "~/.aws/config")
    credentials = expanded(paths.1 ?? "~/.aws/credentials")
  }

  /// A path in the user's folder, `~/` written out; as it is when it does not begin so, or the folder is not known.
  package func expanded(_ path: String) -> String {
    let parts = path.utf8.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "/") || isSeparator($0) }
    guard let home, parts.first.map({ Array($0) == [UInt8(ascii: "~")] }) ?? false else { return path }
    let rest = parts.dropFirst().filter { !$0.isEmpty }.compactMap { String($0) }
    return ([home.hasSuffix(separator) ? String(home.dropLast()) : home] + rest).joined(separator: separator)
  }

  private func isSeparator(_ byte: UInt8) -> Bool { separator == "\\" && byte == UInt8(ascii: "\\") }

  /// The name of the profile that is meant when nobody names one: `AWS_PROFILE`, else `AWS_DEFAULT_PROFILE`, which the
  /// older tools read, else `default`.
  package static func profileName(_ environment: ProcessEnvironment) -> String {
    environment["AWS_PROFILE"] ?? environment["AWS_DEFAULT_PROFILE"] ?? "default"
  }

  /// Whether a variable names the profile.
  static func namesProfile(_ environment: ProcessEnvironment) -> Bool {
    environment["AWS_PROFILE"] != nil || environment["AWS_DEFAULT_PROFILE"] != nil
  }
}
