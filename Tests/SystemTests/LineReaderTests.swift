import OperatingSystem
import TestSupport
import Testing

@Suite(.ownThread, .hangGuard) struct `A reader of lines` {
  /// A pipe with a reader at its end.
  private struct Bench {
    let pipe: WakePipe
    let lines: LineReader

    init() throws {
      pipe = try WakePipe()
      lines = LineReader(pipe.readEnd)
    }

    func type(_ text: String) { pipe.writeEnd.write(Array(text.utf8)) }
  }

  @Test func `gives one line at a time, however they come`() throws {
    let bench = try Bench()
    for piece in ["on", "e\ntwo\n\nthr", "é", "e\nlast"] { bench.type(piece) }
    bench.pipe.writeEnd.close()
    var read: [LineReader.Reading] = []
    while read.last != .end { read.append(bench.lines.next(Cancellation())) }
    #expect(read == [.line("one"), .line("two"), .line(""), .line("thrée"), .line("last"), .end])
    bench.pipe.readEnd.close()
  }

  @Test func `takes nothing along when its waiting is cancelled, before or meanwhile`() throws {
    let bench = try Bench()
    let early = Cancellation()
    early.cancel()
    #expect(bench.lines.next(early) == .cancelled)
    let late = Cancellation()
    let begun = Latch()
    let waiting = Promise<LineReader.Reading>()
    let isStarted = BlockingThread(name: "reader", stack: 256 * 1024).start {
      begun.open()
      waiting.set(bench.lines.next(late))
    }
    #expect(isStarted)
    begun.waitBlocking()
    late.cancel()
    bench.type("for the next one\n")
    let left = Latch()
    Task { if await waiting.wait() != nil { left.open() } }
    left.waitBlocking()
    let first = waiting.value
    // The cancel may have come after the line; whoever got it, it is not lost and not given twice.
    if first == .cancelled {
      #expect(bench.lines.next(Cancellation()) == .line("for the next one"))
    } else {
      #expect(first == .line("for the next one"))
    }
    bench.pipe.close()
  }
}
