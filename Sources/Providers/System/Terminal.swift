internal import CSystem

/// The terminal that this process belongs to, wherever its standard descriptors lead.
package enum Terminal {
  /// Opens it for both directions; `nil` where there is none, or another job has it.
  package static func open() -> Descriptor? {
    let opened = csystem_terminal_open()
    guard opened >= 0 else { return nil }
    let terminal = Descriptor(opened)
    guard terminal.isOurs else {
      terminal.close()
      return nil
    }
    return terminal
  }
}

extension Descriptor {
  /// Whether a read of a terminal is ours to make: a job in the background would be stopped by it.
  package var isOurs: Bool { csystem_terminal_is_ours(number) }

  /// How many columns a terminal has; `nil` when it does not say, or is none.
  package var columns: Int? {
    let columns = Int(csystem_terminal_columns(number))
    return columns > 0 ? columns : nil
  }

  /// Throws away what was typed on a terminal and has not been read.
  package func discardTyped() { csystem_terminal_discard(number) }
}
