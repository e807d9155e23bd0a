/// Watches an answer grow: tells when nothing has come for long, and when it is time to give up.
///
/// Content is whatever makes the message longer or takes it further: block by block, delta by delta. Pings and deltas
/// without anything in them keep a connection alive for ever; an answer made of nothing else is none.
struct AnswerWatch {
  private let noticeMs: Int
  private let contentMs: Int
  /// When content last came, on the clock that never goes back.
  private var lastContent: Int
  /// How long nothing will have come when that is told next.
  private var noticeDue: Int

  /// An answer that begins now.
  init(_ timeouts: CallTimeouts, contentMs: Int, now: Int) {
    noticeMs = timeouts.stallNoticeMs
    self.contentMs = contentMs
    lastContent = now
    noticeDue = noticeMs
  }

  /// Notes that content came, and was taken: a slow receiver is no stall.
  mutating func noteContent(now: Int) {
    lastContent = now
    noticeDue = noticeMs
  }

  /// How long nothing has come, in milliseconds, when that is to be told now; `silent` is what the transport counted.
  mutating func notice(now: Int, silent: Int = 0) -> Int? {
    let idle = max(now - lastContent, silent)
    guard noticeMs > 0, idle >= noticeDue else { return nil }
    noticeDue += (1 + (idle - noticeDue) / noticeMs) * noticeMs
    return idle
  }

  /// Gives up when nothing has come for too long.
  func check(now: Int) throws(ProviderError) {
    let idle = now - lastContent
    guard idle >= contentMs else { return }
    throw ProviderError(
      .stalled, "the answer has not grown for \(idle / 1_000) s, though the connection lives",
      hint: "ask again; --content-timeout-ms allows for longer pauses", retryable: true)
  }
}
