internal import Protocol

/// Asks the person with `elicitation/create`, where the client has forms.
struct ACPPersonAsker: PersonAsking {
  let peer: Peer
  let events: ACPSink
  let offers: ACPOffers

  var canAskPerson: Bool { offers.asksForms }

  func ask(_ question: PersonQuestion) async -> PersonAnswer {
    guard events.knows(question.sessionId) else { return .declined }
    let message = question.asker.map { "\($0) asks: \(question.message)" } ?? question.message
    let request = ACPElicitation(
      sessionId: question.sessionId, toolCallId: question.toolCallId, message: message,
      requestedSchema: Self.form(question.form))
    let answer = try? await peer.ask(request)
    return PersonAnswer(action: answer?["action"]?.string, content: answer?["content"]?.object)
  }

  /// A form with the members that the protocol has for one.
  private static func form(_ schema: JSON) -> JSON {
    var form: JSONObject = ["type": "object"]
    for name in ["title", "description", "properties", "required"] { form[name] = schema[name] }
    return .object(form)
  }
}
