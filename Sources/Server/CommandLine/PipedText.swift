package import OperatingSystem
package import Protocol
internal import Providers

/// The text that a shell pipes into a question.
package struct PipedText: Sendable {
  /// What reading it brought.
  package enum Reading: Sendable {
    /// All of it; `nil` where there is none to be had.
    case text([UInt8]?)
    /// A signal came first.
    case interrupted(signal: Int32)
    /// It could not be had; asking without it would be another question.
    case failed(RPCError)
  }

  private let input: Descriptor
  private let reader: InputReader
  private let console: Console

  /// A text that comes over that descriptor, for somebody who can be told that it is waited for.
  package init(_ input: Descriptor, control: ControlPipe, console: Console) {
    self.input = input
    reader = InputReader(input, control: control)
    self.console = console
  }

  /// Reads all of it.
  ///
  /// Expected (`-` was said), even a terminal is read to its end, however long that takes. A pipe that nobody announced has
  /// so many milliseconds for its first byte, `nil` for no end of them; then it is read to its end as well.
  package func read(isExpected: Bool, firstByteMs: Int?) -> Reading {
    guard isExpected || input.isPiped else { return .text(nil) }
    guard !isExpected else { return readAll() }
    let quiet = min(ServerLimits.pipedNoticeMs, firstByteMs ?? .max)
    var ready = reader.wait(quiet)
    if ready == nil, firstByteMs != quiet {
      console.say("• waiting for stdin; --no-stdin does not")
      ready = reader.wait(firstByteMs.map { $0 - quiet })
    }
    switch ready {
    case .readable?: return readAll()
    case .signal(let number)?: return .interrupted(signal: number)
    case nil: return .failed(.nothingPiped(afterMs: firstByteMs ?? 0))
    }
  }

  /// The text as UTF-8; some shells pipe it in another encoding, of which a person is told.
  private func decoded(_ bytes: [UInt8]) -> Reading {
    guard let (text, encoding) = TextEncoding.decode(bytes) else {
      return .failed(
        RPCError(
          .requestFailed,
          "stdin holds no text, but \(bytes.count) bytes of something else; put it in a file and name that"))
    }
    switch encoding {
    case .utf8Broken:
      console.say("• stdin is not all UTF-8: the model is shown a mark in the place of each byte that is none")
    case _ where encoding.isUTF8: break
    default: console.say("• stdin is taken for \(encoding.rawValue)")
    }
    return .text(text)
  }

  private func readAll() -> Reading {
    switch reader.readAll() {
    case .bytes(let bytes): decoded(bytes)
    case .interrupted(let signal): .interrupted(signal: signal)
    case .failed(let error): .failed(error)
    }
  }
}

extension RPCError {
  /// A pipe on stdin brought nothing.
  fileprivate static func nothingPiped(afterMs milliseconds: Int) -> RPCError {
    RPCError(
      .requestFailed,
      "stdin is a pipe on which nothing came within \(milliseconds / 1_000) s, and nothing was asked without it",
      data: [
        "kind": "timeout", "retryable": true,
        "hint": "--no-stdin asks without it, --stdin-timeout SECONDS (0 for ever) or - waits longer",
      ])
  }
}
