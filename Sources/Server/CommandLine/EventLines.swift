internal import Protocol

/// Writes each event of a run as a line of JSON, the notification that a client of the native dialect gets.
package final class EventLines: EventSink {
  private let console: Console
  private let rest: ConsoleSink

  /// Writes to that console's stdout; its stderr has the lines that it always has.
  package init(_ console: Console) {
    self.console = console
    rest = ConsoleSink(console, showsText: false)
  }

  package func send(_ batch: [SessionEvent]) {
    for event in batch {
      var writer = JSONWriter()
      EventWriter.write(event, to: &writer)
      console.write(jsonLine: writer.bytes)
    }
    rest.send(batch)
  }

  package func tell(_ event: ServerEvent) {}

  package var isBehind: Bool { false }

  package func room() async {}
}
