internal import OperatingSystem
internal import Protocol

/// Reads what a descriptor gives to its end, while a signal can still end the wait.
struct InputReader: Sendable {
  /// What reading brought.
  enum Reading: Sendable {
    case bytes([UInt8])
    /// A signal came first.
    case interrupted(signal: Int32)
    case failed(RPCError)
  }

  /// What a wait brought.
  enum Ready: Sendable {
    case readable
    case signal(Int32)
  }

  private let input: Descriptor
  private let control: ControlPipe
  /// What is read, for people.
  private let name: String

  init(_ input: Descriptor, control: ControlPipe, name: String = "stdin") {
    self.input = input
    self.control = control
    self.name = name
  }

  /// Reads a file, or what else has a path: a pipe of the shell's, too.
  static func read(_ path: String, control: ControlPipe, name: String) -> Reading {
    do throws(SystemError) {
      let file = try Descriptor.opened(path)
      defer { file.close() }
      return InputReader(file, control: control, name: name).readAll()
    } catch {
      return .failed(RPCError(.requestFailed, "\(name) cannot be read: \(error.text)"))
    }
  }

  func readAll() -> Reading {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: ServerLimits.readBytes)
    while true {
      if case .signal(let number)? = wait(nil) { return .interrupted(signal: number) }
      switch input.read(into: &buffer) {
      case .bytes(let count): bytes.append(contentsOf: buffer[..<count])
      case .nothing: continue
      case .end: return .bytes(bytes)
      case .failed(let error): return .failed(RPCError(.requestFailed, "\(name) cannot be read: \(error.text)"))
      }
      guard bytes.count <= ServerLimits.messageBytesMax else {
        return .failed(
          RPCError(
            .requestFailed, "\(name) has more than \(ServerLimits.messageBytesMax) bytes; no model takes as many"))
      }
    }
  }

  /// Waits for a byte, the end or a signal; `nil` when the time is over first.
  func wait(_ milliseconds: Int?) -> Ready? {
    while true {
      let watches = [Descriptor.Watch(input, for: .readable), Descriptor.Watch(control.readEnd, for: .readable)]
      let ready = Descriptor.poll(watches, milliseconds: milliseconds)
      if !ready[1].isEmpty, let signal = control.takeSignal() { return .signal(signal) }
      if !ready[0].isEmpty { return .readable }
      if ready[1].isEmpty { return nil }
    }
  }
}
