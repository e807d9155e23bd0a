package import OperatingSystem
package import Protocol
internal import Providers
internal import Synchronization

/// Asks the client for credentials, when it said that it answers such questions.
///
/// Runs that miss the same credentials at one time ask once: a person sees one question, however many sessions wait. It is
/// taken back when nobody waits for it any more.
package final class CredentialRequests: Sendable {
  private typealias Question = CredentialWork<Bool>

  private let client: any CredentialAsking
  private let time: TimeSource
  private let questions = Mutex<[ProviderID: Question]>([:])

  /// Questions to that client.
  package init(_ client: any CredentialAsking, time: TimeSource) {
    self.client = client
    self.time = time
  }

  /// Has the client hand over credentials, which `take` gets once for all who wait.
  ///
  /// `isAnswered` says whether the caller could have others by now: an answer may come just before a question that it
  /// would have answered, too.
  ///
  /// - Returns: Whether they were taken; false when the client has nothing, cannot be asked, or does not answer within
  ///   ``ServerLimits/credentialsAnswerMs``.
  package func ask(
    _ provider: ProviderID, _ reason: AuthCredentials.Reason, message: String?,
    isAnswered: () -> Bool, take: @escaping @Sendable (AuthMethod, AuthValues) -> Bool
  ) async -> Bool {
    guard client.canAskForCredentials else { return false }
    let asked = AuthCredentials(provider: provider, reason: reason, message: message)
    while !Task.isCancelled {
      guard let question = question(asked, isAnswered, take) else { return true }
      switch await question.outcome() {
      case .success(let isTaken)?: return isTaken
      // Whoever had asked has gone in this very moment, and took the question back.
      case .failure(let failure)? where failure.kind == .cancelled: continue
      case .failure?, nil: return false
      }
    }
    return false
  }

  /// The question that is open, or a new one; `nil` where none is needed any more.
  private func question(
    _ asked: AuthCredentials, _ isAnswered: () -> Bool,
    _ take: @escaping @Sendable (AuthMethod, AuthValues) -> Bool
  ) -> Question? {
    questions.withLock { questions in
      if let open = questions[asked.provider] { return open }
      // Answers are taken before their question is closed, so that under this lock none is missed.
      guard !isAnswered() else { return nil }
      let begun = Question.begin(limit: ServerLimits.credentialsAnswerMs, time: time, endsUnwatched: true) {
        [client] in
        guard let answer = try? await client.ask(asked), let method = answer.method, let values = answer.values else {
          return .success(false)
        }
        return .success(take(method, values))
      } landing: { [self] question, _ in
        self.questions.withLock { questions in
          if questions[asked.provider] === question { questions[asked.provider] = nil }
        }
      }
      questions[asked.provider] = begun
      return begun
    }
  }
}
