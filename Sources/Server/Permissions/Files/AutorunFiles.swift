/// Files that other programs run, or follow, by themselves: who writes one has a command run later, by somebody else.
///
/// Start files of shells, settings of editors and agents, hooks, the configuration of git and of package managers, what
/// a service builds by, what starts with a session, and our own stored sessions, which hold what is permitted in them. A tool's file that is run when a person calls the tool, such as a
/// Makefile, is a file like others.
enum AutorunFiles {
  /// Whether changing what is at a path, given as its names, is changing such a file.
  ///
  /// With `movesFolders` what comes or goes may be a folder with all in it, so that one which would hold such a file counts
  /// as well.
  static func concerns(_ path: [[UInt8]], movesFolders: Bool) -> Bool {
    switch table.find(path) {
    case .file, .within, .folder: true
    case .above: movesFolders
    case .nothing: false
    }
  }

  private static let table = NameTable(
    """
    .git/** .git .hg/** .svn/** .jj/** .bzr/** _darcs/** .gitconfig .gitmodules .gitattributes .lfsconfig .hgrc
    .bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin .zlogout
    .kshrc .mkshrc .cshrc .tcshrc .login .logout .inputrc .xinitrc .xsession .xsessionrc .xprofile .xserverrc
    .pam_environment .xonshrc config.fish profile.ps1 microsoft.powershell_profile.ps1 .ssh/** authorized_keys
    .rhosts .shosts .gnupg/** .envrc .mise.toml mise.toml .mise/** .local/bin/** .config/**
    .vscode/** *.code-workspace .vscode-server/** .idea/** .fleet/** .zed/** .vs/** .helix/** .vim/** .vimrc .gvimrc
    .exrc .nvimrc .nvim.lua .lvimrc .emacs .emacs.d/** .dir-locals.el .dir-locals-2.el .nanorc .kakrc
    .externaltoolbuilders/**
    .wyn360/** .claude/** .claude.json .mcp.json mcp.json .cursor/** .cursorrules .codex/** .gemini/** .qwen/** .aider* .continue/**
    .cline/** .clinerules/** .clinerules .roo/** .roomodes .roorules* .windsurf/** .windsurfrules .opencode/**
    opencode.json opencode.jsonc .amazonq/** .kiro/** .junie/** .augment/** .trae/** .goose/** .goosehints .crush/**
    crush.json .crush.json .factory/** .agents/** .wyn360/** .openhands/** .github/hooks/** .github/agents/** .github/prompts/**
    .github/instructions/** .github/chatmodes/** .github/copilot*
    .husky/** .githooks/** .git-hooks/** .pre-commit-config.yaml .pre-commit-config.yml lefthook.* .lefthook.*
    lefthook-local.* .lefthook-local.* .lefthook/** .lefthook-local/** .overcommit.yml .lintstagedrc* lint-staged.config.*
    .simple-git-hooks.* simple-git-hooks.*
    .github/workflows/** .github/actions/** .gitea/workflows/** .forgejo/workflows/** .gitlab-ci* .gitlab/ci/**
    jenkinsfile jenkinsfile.* .circleci/** .travis.yml azure-pipelines*.yml azure-pipelines*.yaml .azure-pipelines/** bitbucket-pipelines.yml
    .drone.yml .drone.yaml .drone.star .woodpecker/** .woodpecker.yml .woodpecker.yaml appveyor.yml .appveyor.yml
    .buildkite/** .semaphore/** .cirrus.yml .cirrus.star cloudbuild.yaml cloudbuild.yml cloudbuild.json buildspec.yml
    buildspec.yaml .teamcity/** .tekton/** .builds/** .build.yml wercker.yml codefresh.yml
    .npmrc .yarnrc .yarnrc.yml .yarn/releases/** .yarn/plugins/** .pnpmfile.cjs pnpmfile.js .pnpmfile.mjs bunfig.toml
    .bunfig.toml pip.conf pip.ini .pip/** .pypirc .pydistutils.cfg .condarc sitecustomize.py usercustomize.py *.pth
    .cargo/** .gemrc .bundle/** .m2/** .mvn/** .gradle/** gradle/wrapper/** nuget.config .composer/** .swiftpm/**
    .curlrc .wgetrc .terraformrc .ansible.cfg .docker/** .bazelrc
    .rprofile .renviron .irbrc .pryrc .pythonrc .pythonstartup .gdbinit .lldbinit .sqliterc .psqlrc .screenrc .tmux.conf
    .mailcap .lessfilter .ghci .iex.exs .ipython/** .jupyter/** .perldb .guile .sbclrc
    .devcontainer/** .devcontainer.json devcontainer.json .gitpod.yml .replit .codesandbox/** .devfile.yaml devfile.yaml
    systemd/user/** systemd/system/** autostart/** environment.d/** .local/share/systemd/** .local/share/applications/**
    *.session.jsonl
    launchagents/** launchdaemons/** crontab .crontab cron.d/** cron.hourly/** cron.daily/** cron.weekly/** cron.monthly/**
    """)
}
