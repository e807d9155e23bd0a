/// Puts an AWS signature (SigV4) on a request.
package protocol RequestSigner: Sendable {
  /// The request with its date, session token and signature.
  ///
  /// `service` is the name in the signature's scope, such as `sts`; `now` is milliseconds since 1970.
  func signed(_ request: HTTPRequest, with credentials: AWSCredentials, region: String, service: String, now: Int)
    -> HTTPRequest
}

/// The real signature.
package struct SignatureVersion4: RequestSigner {
  /// A signer.
  package init() {}

  package func signed(
    _ request: HTTPRequest, with credentials: AWSCredentials, region: String, service: String, now: Int
  ) -> HTTPRequest {
    Signer(region: region, service: service).sign(request, with: credentials, now: now).request
  }
}
