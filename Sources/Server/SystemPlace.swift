internal import CPlatform

/// Where the process is, as the system tells it.
enum SystemPlace {
  /// The folder it was started in; the root where the system does not say.
  static var folder: String {
    guard let text = unsafe getcwd(nil, 0) else { return "/" }
    defer { unsafe free(text) }
    return unsafe String(cString: text)
  }

  /// The system's name.
  static var name: String {
    #if os(Linux)
      "Linux"
    #elseif os(macOS)
      "macOS"
    #else
      "a Unix"
    #endif
  }

  /// All variables the process was started with.
  static var variables: [String: String] {
    var variables: [String: String] = [:]
    var number: Int32 = 0
    while let entry = unsafe cplatform_variable(number) {
      let text = unsafe String(cString: entry)
      if let mark = text.dropFirst().firstIndex(of: "=") {
        variables[String(text[..<mark])] = String(text[text.index(after: mark)...])
      }
      number += 1
    }
    return variables
  }
}
