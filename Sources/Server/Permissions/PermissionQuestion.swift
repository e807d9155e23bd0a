package import OperatingSystem
package import Protocol

/// One question that waits for an answer, and has exactly one outcome.
///
/// Whoever comes first decides: the answer, the deadline, the end of the run, or the news that nobody needs to answer any
/// more. What comes later changes nothing. Waiting holds up only the task that waits.
package final class PermissionQuestion: Sendable {
  /// How a question ended.
  package enum Outcome: Hashable, Sendable {
    /// Someone chose. An edited input replaces the call's; it is planned anew, and deny rules hold for it as well.
    case answered(PermissionOption, updatedInput: JSON?)
    /// Nobody chose in time; the call has the default, which refuses.
    case expired(PermissionOption)
    /// Nobody needs to choose any more, as when another answer's rule covers it.
    case moot
    /// The run that asked was cancelled.
    case cancelled

    /// Whether the call happens; `nil` when the question is moot, and the call is decided anew.
    package var allows: Bool? {
      switch self {
      case .answered(let option, _), .expired(let option): option.kind.allows
      case .moot: nil
      case .cancelled: false
      }
    }
  }

  /// What became of an answer.
  package enum Receipt: Hashable, Sendable {
    /// It is the outcome.
    case accepted
    /// It came too late; this is the outcome.
    case late(Outcome)
    /// There is no such option; the question still waits.
    case unknownOption
  }

  /// The name it is answered by.
  package let id: String
  /// What the call does, in one line for people.
  package let title: String
  /// Why it is asked, and the answers.
  package let prompt: PermissionPrompt
  /// What the call gets when nobody answers in time.
  ///
  /// It never allows: silence is no consent.
  package let defaultOption: PermissionOption
  /// Milliseconds it waits.
  package let deadlineMs: Int
  /// When it expires, in milliseconds since 1970, for people.
  package let expiresAt: Int

  private let time: TimeSource
  private let endsAt: Int
  private let promise = Promise<Outcome>()

  /// A question that is asked now.
  package init(
    id: String, title: String, prompt: PermissionPrompt, deadlineMs: Int = PermissionLimits.questionMs, time: TimeSource
  ) {
    self.id = id
    self.title = title
    self.prompt = prompt
    defaultOption = prompt.options.first { $0.kind == .rejectOnce } ?? PermissionOption(once: .rejectOnce)
    self.deadlineMs = min(max(0, deadlineMs), PermissionLimits.questionMsMax)
    self.time = time
    expiresAt = time.now() + self.deadlineMs
    endsAt = time.monotonic() + self.deadlineMs
  }

  /// The outcome, when there is one already.
  package var settled: Outcome? { promise.value }

  /// Waits for the outcome, at most until the deadline.
  ///
  /// Cancelling the task that waits cancels the question.
  package func outcome() async -> Outcome {
    await withTaskCancellationHandler {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          do { try await self.time.sleep(max(0, self.endsAt - self.time.monotonic())) } catch { return }
          self.settle(.expired(self.defaultOption))
        }
        let outcome = await waited()
        group.cancelAll()
        return outcome
      }
    } onCancel: {
      settle(.cancelled)
    }
  }

  private func waited() async -> Outcome {
    if let outcome = await promise.wait() { return outcome }
    settle(.cancelled)
    return settled ?? .cancelled
  }

  /// Takes an answer.
  ///
  /// An edited input counts only with an answer that allows.
  ///
  /// With `keep` what is to hold always holds beyond the session.
  @discardableResult
  package func answer(_ optionId: String, updatedInput: JSON? = nil, keep: Bool = false) -> Receipt {
    guard var option = prompt.options.first(where: { $0.id == optionId }) else {
      return settled.map(Receipt.late) ?? .unknownOption
    }
    option.isKept = keep && option.kind.isAlways
    let outcome = Outcome.answered(option, updatedInput: option.kind.allows ? updatedInput : nil)
    return settle(outcome).map(Receipt.late) ?? .accepted
  }

  /// Answers it as nobody's consent: with the option that refuses this once.
  package func refuse() { answer(defaultOption.id) }

  /// Ends it, as nobody needs to answer any more; returns whether it was waiting.
  @discardableResult
  package func makeMoot() -> Bool { settle(.moot) == nil }

  /// Ends it with the run that asked; returns whether it was waiting.
  @discardableResult
  package func cancel() -> Bool { settle(.cancelled) == nil }

  /// Settles it once; returns the earlier outcome, when there was one.
  @discardableResult
  private func settle(_ outcome: Outcome) -> Outcome? { promise.set(outcome) ? nil : settled }
}
