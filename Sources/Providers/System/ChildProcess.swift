internal import CSystem

/// A program from its start until nothing of it is left, on the thread that waits for it.
///
/// The thread sleeps in poll(2) until there is output, a report, something to write, a cancellation or a time limit. A
/// supervising process keeps everything the program starts within reach, see `child.h`. It is to be a thread that no
/// signal reaches, see ``BlockingThread``: a program that does not read its input must not end this one.
package struct ChildProcess<Reader: ChildReader> {
  /// What the time limit that comes next is for.
  private enum Phase {
    /// The program's own time.
    case running
    /// Its input has ended, and it may end by itself.
    case dismissed
    /// The program is gone, and what it left may end by itself.
    case lingering
    /// All were asked to end.
    case asked
    /// All were ended.
    case ended
    /// The supervisor was told to leave what is still there to itself.
    case left
    case over
  }

  private let order: ChildOrder
  private let time: TimeSource
  private let cancellation: Cancellation
  private let wake: WakePipe
  private let supervisor: Int32
  private let control: Descriptor
  private let reports: Descriptor
  /// The pipes that are still open.
  private var input: Descriptor?
  private var output: Descriptor?
  private var errors: Descriptor?
  private var reader: Reader
  private var phase = Phase.running
  private var deadline = Int.max
  private var end: ChildResult.End?
  private var group = 0
  private var leftBehind = 0
  private var isDone = false
  private var isStuck = false
  private var failure: SystemError?
  private var buffer = [UInt8](repeating: 0, count: SystemLimits.childReadBytes)

  /// Runs a program to its end, and gives its reader back.
  ///
  /// - Throws: A ``ChildFailure`` when it cannot be started.
  package static func run(
    _ order: ChildOrder, reader: Reader, time: TimeSource, cancellation: Cancellation
  ) throws(ChildFailure) -> (ChildResult, Reader) {
    let wake: WakePipe
    do throws(SystemError) { wake = try WakePipe() } catch { throw ChildFailure(reason: error) }
    defer { wake.close() }
    var process = try ChildProcess(order, reader, time, cancellation, wake)
    cancellation.wake(wake.writeEnd)
    order.input?.wake(wake.writeEnd)
    process.wait()
    order.input?.wake(nil)
    cancellation.wake(nil)
    return try process.finish()
  }

  private init(
    _ order: ChildOrder, _ reader: Reader, _ time: TimeSource, _ cancellation: Cancellation, _ wake: WakePipe
  ) throws(ChildFailure) {
    let started = try Self.start(order)
    self.order = order
    self.reader = reader
    self.time = time
    self.cancellation = cancellation
    self.wake = wake
    supervisor = started.supervisor
    control = Descriptor(started.control)
    reports = Descriptor(started.reports)
    input = order.input == nil ? nil : Descriptor(started.input)
    output = Descriptor(started.output)
    errors = order.separatesErrors ? Descriptor(started.errors) : nil
    if let timeout = order.timeoutMs { deadline = time.monotonic() + timeout }
  }

  private static func start(_ order: ChildOrder) throws(ChildFailure) -> csystem_child_started {
    let search = order.environment?.last { $0.hasPrefix("PATH=") }?.dropFirst("PATH=".count)
    guard let path = Executable.path(of: order.arguments.first ?? "", in: search.map(String.init)) else {
      throw ChildFailure(reason: .notThere)
    }
    let rules: Descriptor?
    do throws(SystemError) { rules = try order.sandbox?.open() } catch { throw ChildFailure(reason: error) }
    defer { rules?.close() }
    let arguments = CStringList(order.arguments)
    let environment = order.environment.map(CStringList.init)
    var started = csystem_child_started()
    let result = withExtendedLifetime((arguments, environment, order.folder)) {
      unsafe path.withCString { path in
        unsafe csystem_child_start(
          csystem_child_order(
            path: path, arguments: arguments.pointer, environment: environment?.pointer,
            folder: order.folder?.descriptor.number ?? -1, sandbox: rules?.number ?? -1, has_input: order.input != nil,
            separates_errors: order.separatesErrors), &started)
      }
    }
    guard result >= 0 else { throw ChildFailure(reason: SystemError(result: result)) }
    return started
  }
}

// MARK: - Waiting

extension ChildProcess {
  private mutating func wait() {
    while phase != .over {
      let now = time.monotonic()
      if now >= deadline { timeIsUp(now) }
      if cancellation.isCancelled { stop(.cancelled, now) }
      // Who may go on without the program is waited for only while it may still write.
      if order.leavesRunning, phase == .lingering, output == nil, errors == nil { leave(now) }
      guard phase != .over else { break }
      turn(waitMs: min(deadline - now, reader.dueMs(now: now) ?? Int.max))
    }
    drain()
    // It may have held keys.
    for place in buffer.indices { buffer[place] = 0 }
  }

  private mutating func turn(waitMs: Int) {
    let ready = Descriptor.poll(
      [
        Descriptor.Watch(reports, for: .readable),
        Descriptor.Watch(output, for: .readable),
        Descriptor.Watch(errors, for: .readable),
        Descriptor.Watch(order.input?.isDue == true ? input : nil, for: .writable),
        Descriptor.Watch(wake.readEnd, for: .readable),
      ], milliseconds: waitMs == Int.max ? nil : waitMs)
    if !ready[4].isEmpty { _ = wake.take() }
    if !ready[1].isEmpty { take(.output) }
    if !ready[2].isEmpty { take(.errors) }
    if !ready[3].isEmpty, let input, order.input?.give(to: input) != true { closeInput() }
    if reader.dueMs(now: time.monotonic()) == 0 { reader.turn(now: time.monotonic()) }
    if !ready[0].isEmpty { readReports() }
  }

  /// Takes what was written before the end and is still in the pipes; a process that is out of reach may go on writing.
  private mutating func drain() {
    var left = SystemLimits.childDrainMax
    while left > 0, let count = take(.output), count > 0 { left -= count }
    while left > 0, let count = take(.errors), count > 0 { left -= count }
  }

  private mutating func closeInput() {
    input?.close()
    input = nil
  }

  /// Reads once, and tells how much there was; `nil` at the end of the stream.
  @discardableResult
  private mutating func take(_ stream: ChildStream) -> Int? {
    guard let descriptor = stream == .output ? output : errors else { return nil }
    switch descriptor.read(into: &buffer) {
    case .bytes(let count):
      let now = time.monotonic()
      if !reader.receive(buffer[..<count], from: stream, now: now) { stop(.refused, now) }
      return count
    case .nothing: return 0
    case .end, .failed:
      descriptor.close()
      if stream == .output { output = nil } else { errors = nil }
      reader.streamEnded(stream, now: time.monotonic())
      return nil
    }
  }
}

// MARK: - Ending

extension ChildProcess {
  /// Goes to the next step of the end.
  private mutating func timeIsUp(_ now: Int) {
    switch phase {
    case .running:
      end = .timedOut
      ask(for: order.teardown.lateGrace, now)
    case .lingering where order.leavesRunning: leave(now)
    case .dismissed, .lingering: ask(for: order.teardown.grace, now)
    case .asked: tell(CSYSTEM_CHILD_END, .ended, now + order.teardown.gone)
    case .ended, .left, .over:
      isStuck = true
      phase = .over
    }
  }

  /// Begins the end, for a reason that is not the program's.
  private mutating func stop(_ reason: ChildResult.End, _ now: Int) {
    // Output that is too much makes even a program that has ended well a failure.
    if end == nil || reason == .refused && end != .cancelled && end != .timedOut { end = reason }
    if phase == .running, let farewell = order.teardown.farewell, let input = order.input {
      input.close()
      phase = .dismissed
      deadline = now + farewell
    } else if phase == .running || phase == .lingering {
      ask(for: order.teardown.grace, now)
    }
  }

  private mutating func ask(for grace: Int, _ now: Int) { tell(CSYSTEM_CHILD_ASK, .asked, now + grace) }

  private mutating func leave(_ now: Int) { tell(CSYSTEM_CHILD_LEAVE, .left, now + order.teardown.gone) }

  private mutating func tell(_ signal: csystem_child_signal, _ phase: Phase, _ deadline: Int) {
    self.phase = phase
    self.deadline = deadline
    // A supervisor that is gone takes no orders, and its reports have ended.
    _ = control.writeSome([UInt8(truncatingIfNeeded: signal.rawValue)])
  }

  private mutating func readReports() {
    while true {
      var report = csystem_child_report()
      let size = MemoryLayout<csystem_child_report>.size
      let count = unsafe withUnsafeMutableBytes(of: &report) {
        unsafe csystem_read(reports.number, $0.baseAddress, size)
      }
      guard count == size else {
        if count == 0 { phase = .over }
        return
      }
      take(report.kind, Int(report.value))
    }
  }

  private mutating func take(_ news: csystem_child_news, _ value: Int) {
    switch news {
    case CSYSTEM_CHILD_NOT_STARTED: failure = SystemError(number: Int32(value))
    case CSYSTEM_CHILD_RUNNING: group = value
    case CSYSTEM_CHILD_EXITED: programIsGone(.exited(value))
    case CSYSTEM_CHILD_SIGNALLED: programIsGone(.signalled(value))
    default:
      leftBehind = value
      isDone = true
    }
  }

  private mutating func programIsGone(_ how: ChildResult.End) {
    group = 0
    end = end ?? how
    drain()
    // One that never began has another reason.
    if failure == nil { reader.programEnded(how) }
    guard phase == .running || phase == .dismissed else { return }
    phase = .lingering
    deadline = time.monotonic() + order.teardown.linger
  }

  /// Lets go of everything.
  private consuming func finish() throws(ChildFailure) -> (ChildResult, Reader) {
    // Without its control pipe a supervisor that is still there ends all that is left, and then itself.
    for descriptor in [control, reports, input, output, errors] { descriptor?.close() }
    if !isDone { csystem_child_end_group(Int32(group)) }
    let supervisor = supervisor
    let reaping = BlockingThread(name: "reaping", stack: ProcessLimits.threadStack)
    if !isStuck || !reaping.start({ csystem_child_reap(supervisor) }) { csystem_child_reap(supervisor) }
    if let failure { throw ChildFailure(reason: failure) }
    return (ChildResult(end: end ?? .unsupervised, leftBehind: leftBehind, isStuck: isStuck), reader)
  }
}
