internal import OperatingSystem
internal import Protocol

/// What the calls of one service have in common, whatever they ask.
package protocol CallService: Sendable {
  /// The header that names a call, in lower case.
  var requestIDHeader: String { get }
  /// Hides configured secrets that a server might echo.
  var mask: SecretMask { get }
  /// The request of one try, which may differ from the last one's by a signature; `attempt` counts from 1.
  func request(attempt: Int) async throws(ProviderError) -> HTTPRequest
  /// What a reply means that is not the one asked for; secrets in its body are hidden already.
  func failure(status: Int, headers: HTTPHeaders, body: [UInt8]) -> ProviderError
  /// Removes the cause of a failure that has a remedy, if it can.
  ///
  /// - Returns: Whether something was changed, so that the same question is worth asking again at once.
  /// - Throws: Why it could not, when that says more than the failure.
  func repair(_ failure: ProviderError) async throws(ProviderError) -> Bool
}

extension CallService {
  /// Nothing can be repaired where a service knows no better.
  package func repair(_ failure: ProviderError) async throws(ProviderError) -> Bool { false }

  /// Sends the request of one try, whose failure is a model call's failure; `whileSilent` is told how long nothing has come.
  func send(
    _ request: HTTPRequest, by transport: any HTTPTransport, whileSilent: (_ milliseconds: Int) async -> Void = { _ in }
  ) async throws(ProviderError) -> HTTPResponse {
    do { return try await transport.send(request, whileSilent: whileSilent) } catch { throw ProviderError(error) }
  }

  /// The failure in a reply that is not the one asked for.
  func failure(in response: HTTPResponse) async throws(ProviderError) -> ProviderError {
    let body: [UInt8]
    do throws(HTTPError) { body = try await response.body.beginning(bytesMax: HTTPLimits.errorBodyMax) } catch {
      throw ProviderError(error)
    }
    let failure = failure(status: response.status, headers: response.headers, body: mask.masked(body))
    return shown(failure, response.headers)
  }

  /// A failure as it may be shown, with the name of its call.
  func shown(_ failure: ProviderError, _ headers: HTTPHeaders) -> ProviderError {
    failure.shown(mask: mask, requestID: headers[requestIDHeader])
  }
}

/// A call that is answered by one JSON object: a list, or the one word that shows that credentials are good.
struct JSONCall<Service: CallService>: Sendable {
  let service: Service
  let transport: any HTTPTransport
  let time: TimeSource

  /// Asks, as often as the policy of ``Retry`` allows.
  ///
  /// - Returns: The answer, and the name of the call when the server gave one.
  func reply() async throws(ProviderError) -> (json: JSON, requestID: String?) {
    try await RetryLoop.run(
      time: time, notify: { _ in }, repair: { failure throws(ProviderError) in try await service.repair(failure) }
    ) { attempt throws(ProviderError) in
      let response = try await service.send(try await service.request(attempt: attempt), by: transport)
      guard response.status == 200 else { throw try await service.failure(in: response) }
      let body: [UInt8]
      do throws(HTTPError) { body = try await response.body.whole(bytesMax: ProviderLimits.replyMax) } catch {
        throw ProviderError(error)
      }
      if let json = try? JSON.parse(body, loneSurrogates: .replace), json.object != nil {
        return (json, response.headers[service.requestIDHeader])
      }
      throw service.shown(
        service.failure(status: response.status, headers: response.headers, body: body), response.headers)
    }
  }
}
