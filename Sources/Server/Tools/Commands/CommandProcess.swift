internal import CPlatform
internal import Providers

/// A shell command from its start until nothing of it is left, on the thread that waits for it.
///
/// The thread sleeps in poll(2) until there is output, a report, a cancellation or a time limit. A supervising process
/// keeps everything the command starts within reach, see `ccommand.h`.
struct CommandProcess {
  /// What to run.
  struct Order {
    /// The command, for `/bin/sh -c`.
    var command: String
    /// The folder it starts in, open.
    var folder: OpenFolder
    /// Its variables, as `NAME=value`.
    var environment: [String]
    /// How long it may take.
    var timeoutMs: Int
  }

  /// How a command ended.
  enum End: Hashable {
    case exited(Int)
    case signalled(Int)
    case timedOut
    case cancelled
    /// The command ended the process that supervised it.
    case unsupervised
  }

  /// What a command gave.
  struct Result {
    var end: End
    var output: KeptOutput
    /// How many processes it left behind, which were ended.
    var leftBehind: Int
    /// Whether processes were still there when waiting for their end was given up.
    var isStuck: Bool
  }

  /// What the time limit that comes next is for.
  private enum Phase {
    /// The command's own time.
    case running
    /// The shell is gone, and what it left may end by itself.
    case lingering
    /// All were asked to end.
    case asked
    /// All were ended.
    case ended
    case over
  }

  private let started: ccommand_started
  private let time: TimeSource
  private let cancellation: Cancellation
  private var phase = Phase.running
  private var deadline: Int
  private var end: End?
  private var group = 0
  private var leftBehind = 0
  private var isDone = false
  private var isStuck = false
  private var failure: SystemProblem?
  private var isOutputOpen = true
  private var kept = KeptOutput()
  private var shown: ShownOutput
  private var buffer = [UInt8](repeating: 0, count: ToolLimits.outputReadBytes)

  /// Runs a command.
  ///
  /// - Throws: A ``ToolError`` when it cannot be started.
  static func run(
    _ order: Order, time: TimeSource, cancellation: Cancellation, report: @escaping (ToolProgress) -> Void
  ) throws(ToolError) -> Result {
    var wake: [Int32] = [0, 0]
    guard unsafe cplatform_pipe(&wake) == 0 else {
      throw ToolError(.failed, "The system has no file descriptors left to run a command; try again later.")
    }
    defer { for end in wake { cworkspace_close(end) } }
    let started = try start(order)
    var process = CommandProcess(started, order, time, cancellation, report)
    cancellation.wake(wake[1])
    process.wait(wake: wake[0])
    cancellation.wake(nil)
    return try process.finish()
  }

  private init(
    _ started: ccommand_started, _ order: Order, _ time: TimeSource, _ cancellation: Cancellation,
    _ report: @escaping (ToolProgress) -> Void
  ) {
    self.started = started
    self.time = time
    self.cancellation = cancellation
    let now = time.monotonic()
    deadline = now + order.timeoutMs
    shown = ShownOutput(now: now, report: report)
  }

  private static func start(_ order: Order) throws(ToolError) -> ccommand_started {
    let arguments = CStringList(["/bin/sh", "-c", order.command])
    let environment = CStringList(order.environment)
    var started = ccommand_started()
    let result = withExtendedLifetime((arguments, environment, order.folder)) {
      unsafe ccommand_start(
        ccommand_order(
          arguments: arguments.pointer, environment: environment.pointer, folder: order.folder.descriptor), &started)
    }
    guard result >= 0 else {
      throw ToolError(.failed, "The command cannot be started: \(SystemProblem(result: result).text).")
    }
    return started
  }
}

/// Strings as C takes a list of them, ended by NULL; valid as long as this object is.
@safe private final class CStringList {
  let pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  init(_ strings: [String]) {
    unsafe pointer = .allocate(capacity: strings.count + 1)
    for (place, string) in strings.enumerated() { unsafe (pointer + place).initialize(to: strdup(string)) }
    unsafe (pointer + strings.count).initialize(to: nil)
  }

  deinit {
    var place = 0
    while let string = unsafe pointer[place] {
      unsafe free(string)
      place += 1
    }
    unsafe pointer.deallocate()
  }
}

// MARK: - Waiting

extension CommandProcess {
  private mutating func wait(wake: Int32) {
    while phase != .over {
      let now = time.monotonic()
      if now >= deadline { timeIsUp(now) }
      if cancellation.isCancelled, end != .cancelled, phase == .running || phase == .lingering {
        end = end ?? .cancelled
        order(CCOMMAND_ASK, .asked, now + ToolLimits.commandCancelMs)
      }
      guard phase != .over else { break }
      let ready = poll(wake: wake, waitMs: min(deadline - now, shown.dueMs(now: now) ?? Int.max))
      if ready.output { readOutput(most: buffer.count) }
      if shown.dueMs(now: time.monotonic()) == 0 { shown.flush(now: time.monotonic(), isLast: false) }
      if ready.reports { readReports() }
    }
    // What was written before the end is still in the pipe; a process that is out of reach may go on writing.
    let most = kept.count + ToolLimits.outputDrainMax
    while isOutputOpen, kept.count < most, readOutput(most: buffer.count) {}
    shown.flush(now: time.monotonic(), isLast: true)
  }

  private func poll(wake: Int32, waitMs: Int) -> (output: Bool, reports: Bool) {
    var watched = [
      pollfd(fd: started.reports, events: Int16(POLLIN), revents: 0),
      pollfd(fd: isOutputOpen ? started.output : -1, events: Int16(POLLIN), revents: 0),
      // Once it is cancelled the pipe stays readable.
      pollfd(fd: cancellation.isCancelled ? -1 : wake, events: Int16(POLLIN), revents: 0),
    ]
    _ = unsafe CPlatform.poll(&watched, 3, Int32(clamping: waitMs))
    return (watched[1].revents != 0, watched[0].revents != 0)
  }

  private mutating func timeIsUp(_ now: Int) {
    switch phase {
    case .running:
      end = .timedOut
      order(CCOMMAND_ASK, .asked, now + ToolLimits.commandEndMs)
    case .lingering: order(CCOMMAND_ASK, .asked, now + ToolLimits.commandCancelMs)
    case .asked: order(CCOMMAND_END, .ended, now + ToolLimits.commandGoneMs)
    case .ended, .over:
      isStuck = true
      phase = .over
    }
  }

  private mutating func order(_ signal: ccommand_signal, _ phase: Phase, _ deadline: Int) {
    self.phase = phase
    self.deadline = deadline
    var byte = UInt8(truncatingIfNeeded: signal.rawValue)
    // A supervisor that is gone takes no orders, and its reports have ended.
    _ = unsafe CPlatform.write(started.control, &byte, 1)
  }

  /// Reads once, and tells whether there was something.
  @discardableResult
  private mutating func readOutput(most: Int) -> Bool {
    let count = unsafe buffer.withUnsafeMutableBytes { buffer in
      unsafe CPlatform.read(started.output, buffer.baseAddress, min(most, buffer.count))
    }
    if count == 0 || count < 0 && cplatform_errno() != EAGAIN && cplatform_errno() != EINTR { isOutputOpen = false }
    guard count > 0 else { return false }
    kept.append(buffer[..<count])
    shown.append(buffer[..<count], now: time.monotonic())
    return true
  }

  private mutating func readReports() {
    while true {
      var report = ccommand_report()
      let count = unsafe CPlatform.read(started.reports, &report, MemoryLayout<ccommand_report>.size)
      guard count == MemoryLayout<ccommand_report>.size else {
        if count == 0 { phase = .over }
        return
      }
      take(report.kind, Int(report.value))
    }
  }

  private mutating func take(_ news: ccommand_news, _ value: Int) {
    switch news {
    case CCOMMAND_NOT_STARTED: failure = SystemProblem(result: -value)
    case CCOMMAND_RUNNING: group = value
    case CCOMMAND_EXITED: shellIsGone(.exited(value))
    case CCOMMAND_SIGNALLED: shellIsGone(.signalled(value))
    default:
      leftBehind = value
      isDone = true
    }
  }

  private mutating func shellIsGone(_ how: End) {
    group = 0
    end = end ?? how
    guard phase == .running else { return }
    phase = .lingering
    deadline = time.monotonic() + ToolLimits.commandLingerMs
  }

  /// Lets go of everything.
  private consuming func finish() throws(ToolError) -> Result {
    // Without its control pipe a supervisor that is still there ends all that is left, and then itself.
    for descriptor in [started.control, started.output, started.reports] { cworkspace_close(descriptor) }
    if !isDone { ccommand_end_group(Int32(group)) }
    let supervisor = started.supervisor
    if !isStuck || !ToolThread.start({ ccommand_reap(supervisor) }) { ccommand_reap(supervisor) }
    if let failure { throw ToolError(.failed, "The command cannot be started: \(failure.text).") }
    return Result(end: end ?? .unsupervised, output: kept, leftBehind: leftBehind, isStuck: isStuck)
  }
}
