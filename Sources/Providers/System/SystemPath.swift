internal import CSystem

/// Paths as the system sees them: where links lead, and what they say.
package enum SystemPath {
  /// The path of something that is there, without symbolic links.
  package static func real(_ path: [UInt8]) -> Result<[UInt8], SystemError> {
    path.withName { name in
      text { text, size in Int64(unsafe csystem_real_path(name, text, size)) }
    }
  }

  /// What the symbolic link at a path says; links on the way to it are followed.
  package static func link(_ path: [UInt8]) -> Result<[UInt8], SystemError> {
    path.withName { name in
      text { text, size in unsafe csystem_link(name, text, size) }
    }
  }

  /// Calls a function that fills a buffer and gives its length, zero for a text ended by a zero byte, or an error.
  @safe static func text(_ fill: (UnsafeMutablePointer<CChar>, Int) -> Int64) -> Result<[UInt8], SystemError> {
    var text = [CChar](repeating: 0, count: SystemLimits.pathMax + 1)
    let result = unsafe text.withUnsafeMutableBufferPointer { buffer in
      unsafe fill(buffer.baseAddress.unsafelyUnwrapped, buffer.count)
    }
    guard result >= 0 else { return .failure(SystemError(result: result)) }
    return .success(text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
  }
}

extension [UInt8] {
  /// The bytes as C takes a name.
  @safe func withName<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
    let text = map { CChar(bitPattern: $0) } + [0]
    return unsafe text.withUnsafeBufferPointer { unsafe body($0.baseAddress.unsafelyUnwrapped) }
  }
}
