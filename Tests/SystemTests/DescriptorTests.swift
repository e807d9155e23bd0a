import OperatingSystem
import TestSupport
import Testing

@Suite(.hangGuard) struct `Descriptors:` {
  @Test func `a poll tells which of them is ready, in their order`() throws {
    let (first, second) = (try WakePipe(), try WakePipe())
    defer {
      first.close()
      second.close()
    }
    let watches = [
      Descriptor.Watch(first.readEnd, for: .readable), Descriptor.Watch(nil, for: .readable),
      Descriptor.Watch(second.readEnd, for: .readable), Descriptor.Watch(second.writeEnd, for: .writable),
    ]
    let before = Descriptor.poll(Array(watches.prefix(3)), milliseconds: 0)
    #expect(before == [[], [], []])
    second.send(7)
    let ready = Descriptor.poll(watches, milliseconds: nil)
    #expect(ready.map { $0.has(.readable) } == [false, false, true, false])
    #expect(ready.map { $0.has(.writable) } == [false, false, false, true])
    #expect(second.take() == [7])
    #expect(second.take() == [])
  }

  @Test func `a reader that is gone is a failure, a writer that is gone the end`() throws {
    let (unread, unwritten) = (try WakePipe(), try WakePipe())
    unread.readEnd.close()
    unwritten.writeEnd.close()
    let ready = Descriptor.poll(
      [Descriptor.Watch(unread.writeEnd), Descriptor.Watch(unwritten.readEnd, for: .readable)], milliseconds: nil)
    #expect(ready[0].has(.failed))
    #expect(ready[1].has(.readable))
    var buffer = [UInt8](repeating: 0, count: 8)
    guard case .end = unwritten.readEnd.read(into: &buffer) else {
      Issue.record("the end of a pipe is the end")
      return
    }
    unread.writeEnd.close()
    unwritten.readEnd.close()
  }

  @Test func `a full pipe has wakes enough`() throws {
    let pipe = try WakePipe()
    defer { pipe.close() }
    for _ in 0..<100_000 { pipe.send(1) }
    #expect(!pipe.writeEnd.isWritable)
    #expect(!pipe.take().isEmpty)
  }

  @Test func `what is written at once is written whole, however slowly it is read`() async throws {
    let pipe = try WakePipe()
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
    let thread = BlockingThread(name: "writer", stack: 256 * 1024)
    let read = try await thread.run(orThrow: SystemError.exists) { _ throws(SystemError) -> [UInt8] in
      _ = thread.start {
        pipe.writeEnd.write(bytes)
        pipe.writeEnd.close()
      }
      var (read, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 1_000))
      while true {
        _ = Descriptor.poll([Descriptor.Watch(pipe.readEnd, for: .readable)], milliseconds: nil)
        guard case .bytes(let count) = pipe.readEnd.read(into: &buffer) else { return read }
        read += buffer[..<count]
      }
    }
    pipe.readEnd.close()
    #expect(read == bytes)
  }

  @Test func `the system's reasons are texts`() {
    #expect(SystemError.notThere.text == "No such file or directory")
    #expect(SystemError.exists.text == "File exists")
  }
}

@Suite(.hangGuard) struct `Threads that block:` {
  private static let thread = BlockingThread(name: "test", stack: 256 * 1024)
  private enum Failure: Error { case noThread, ended }

  private func run(
    on thread: BlockingThread = thread, _ work: @escaping @Sendable (Cancellation) throws(Failure) -> Int
  ) async throws(Failure) -> Int {
    try await thread.run(orThrow: .noThread, work)
  }

  @Test func `they give what the work gives, or throw what it throws`() async throws {
    #expect(try await run { _ in 5 } == 5)
    await #expect(throws: Failure.ended) { _ = try await run { _ throws(Failure) in throw .ended } }
  }

  @Test func `a thread that the system does not give is told`() async {
    let impossible = BlockingThread(name: "huge", stack: 1 << 60)
    #expect(!impossible.start {})
    await #expect(throws: Failure.noThread) { _ = try await run(on: impossible) { _ in 5 } }
  }

  @Test func `the work is told when its task is cancelled`() async throws {
    let began = Promise<Cancellation>()
    let task = Task {
      try await run { cancellation in
        began.set(cancellation)
        while !cancellation.isCancelled { _ = Descriptor.poll([], milliseconds: 1) }
        return 1
      }
    }
    #expect(await began.wait()?.isCancelled == false)
    task.cancel()
    #expect(try await task.value == 1)
  }
}

@Suite struct `Searching bytes:` {
  @Test func `finds the first from an offset on, and nothing in nothing`() {
    let text = Array("one two one".utf8)
    func first(_ part: String, from start: Int) -> Int? {
      let part = Array(part.utf8)
      return unsafe text.withUnsafeBytes { text in
        unsafe part.withUnsafeBytes { unsafe ByteSearch.firstIndex(of: $0, in: text, from: start) }
      }
    }
    #expect(first("one", from: 0) == 0)
    #expect(first("one", from: 1) == 8)
    #expect(first("three", from: 0) == nil)
    #expect(first("", from: 0) == nil)
    #expect(first("one", from: 11) == nil)
  }
}
