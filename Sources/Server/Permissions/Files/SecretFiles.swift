internal import Protocol

/// Files that hold secrets, as their names say: keys, passwords, and what common tools sign in with.
///
/// They are not read unasked, wherever they are. Examples and templates of such files are files like others.
enum SecretFiles {
  /// Whether a path, given as its names, is such a file or lies in a folder of them.
  static func isSecret(_ path: [[UInt8]]) -> Bool {
    switch find(path) {
    case .file, .within: true
    case .nothing, .above, .folder: false
    }
  }

  /// Whether a path is such a file, or a folder of them, or lies in one.
  static func namesSecret(_ path: [[UInt8]]) -> Bool { isSecret(path) || find(path) == .folder }

  private static func find(_ path: [[UInt8]]) -> NameTable.Finding {
    guard let last = path.last else { return .nothing }
    let name = String(decoding: last.map(Byte.lowercased), as: UTF8.self)
    if let isSecret = isEnvironment(name) { return isSecret ? .file : .nothing }
    let found = table.find(path)
    if found == .within, isOpen(name, in: path) { return .nothing }
    if found == .file, isPublic(name) { return .nothing }
    if found == .nothing, name.hasPrefix("id_"), name.count > 3, !name.contains(".") { return .file }
    return found
  }

  /// Whether a file of variables, as `.env` and `prod.env` are, holds their values; `nil` for other files.
  private static func isEnvironment(_ name: String) -> Bool? {
    let isBeginning = name.hasPrefix(".env") && (name.count == 4 || ".-_~".contains(name.dropFirst(4).first ?? "a"))
    guard isBeginning || name.hasSuffix(".env") else { return nil }
    let parts = name.split { ".-_".contains($0) }.map(String.init)
    // `import.meta.env` and `process.env` are expressions of programs, not files.
    let isExpression = !isBeginning && ["process", "meta"].contains(parts.dropLast().last ?? "")
    let isCode = isBeginning && parts.count > 1 && code.contains(parts.last ?? "")
    let isExample = (isBeginning ? parts.last : parts.dropLast().last).map(examples.contains) ?? false
    return !isExpression && !isCode && !isExample
  }

  private static let examples: Set = ["example", "sample", "template", "dist", "tmpl", "tpl", "schema"]
  private static let code: Set = ["ts", "js", "mjs", "cjs", "md", "py", "rb", "go", "rs"]

  /// What stands beside secrets and is none.
  private static func isOpen(_ name: String, in path: [[UInt8]]) -> Bool {
    let folder = path.dropLast().last.map { String(decoding: $0.map(Byte.lowercased), as: UTF8.self) }
    guard folder == ".ssh" else { return false }
    return ["config", "known_hosts", "known_hosts.old", "authorized_keys"].contains(name) || name.hasSuffix(".pub")
  }

  /// Whether a key's name says that it is for everybody.
  private static func isPublic(_ name: String) -> Bool {
    guard ["pem", "key"].contains(where: { name.hasSuffix("." + $0) }) else { return false }
    return name.split { ".-_".contains($0) }.contains { $0 == "public" || $0 == "pub" }
  }

  private static let table = NameTable(
    """
    *.pem *.key *.p12 *.pfx *.p8 *.ppk *.jks *.keystore *.kdbx *.kdb *.ovpn *.agekey *.keytab *.kubeconfig
    .ssh/** .gnupg/** .password-store/** .local/share/keyrings/** library/keychains/** secring.gpg .vault_pass vault_pass.txt
    .secrets .secrets.toml .secrets.yaml .secrets.yml .secrets.json secrets.toml secrets.yaml secrets.yml secrets.json
    secrets.ini .dev.vars
    .aws/** .azure/** .oci/** .config/gcloud/** .config/gh/hosts.yml .config/hub .config/op/** .config/doctl/config.yaml
    .config/rclone/rclone.conf .config/git/credentials .config/anthropic/** .config/containers/auth.json
    application_default_credentials.json service-account*.json client_secret*.json .flaskenv credentials.json
    .netrc _netrc .authinfo .authinfo.gpg .pgpass pgpass.conf .my.cnf .mylogin.cnf .mysql_history .psql_history
    .docker/config.json .dockercfg .dockerconfigjson .kube/** kubeconfig kubeconfig.yaml kubeconfig.yml
    .git-credentials .npmrc .pypirc .gem/credentials .cargo/credentials .cargo/credentials.toml .composer/auth.json
    .terraform.d/credentials.tfrc.json .vault-token .s3cfg .boto .passwd-s3fs rclone.conf .htpasswd
    .m2/settings-security.xml .pulumi/credentials.json .databrickscfg .snowsql/config .kaggle/kaggle.json
    .huggingface/token huggingface/token .circleci/cli.yml .fly/config.yml .vercel/auth.json .netlify/config.json
    .claude/.credentials.json .claude.json .codex/auth.json .gemini/oauth_creds.json .gemini/google_accounts.json
    key3.db key4.db logins.json cookies.sqlite etc/shadow etc/gshadow etc/master.passwd proc/*/environ proc/*/mem
    """)
}
