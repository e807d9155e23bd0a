/// Puts an AWS signature (SigV4) on a request.
package protocol RequestSigner: Sendable {
  /// The request with its date, session token and signature.
  ///
  /// `service` is the name in the signature's scope, such as `sts`; `now` is milliseconds since 1970.
  func signed(_ request: HTTPRequest, with credentials: AWSCredentials, region: String, service: String, now: Int)
    -> HTTPRequest
}
