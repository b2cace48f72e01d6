//! `AzFolder`: the folder on the child's PATH that holds `az`. It goes with the run.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use tempfile::TempDir;

use super::ADDRESS;

/// A folder of this user alone, removed when dropped.
pub(in crate::exec) struct AzFolder(TempDir);

impl AzFolder {
    pub(in crate::exec) fn new() -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("arc-token-az-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let folder = builder.tempdir()?;
        link(&std::env::current_exe()?, folder.path())?;
        Ok(Self(folder))
    }

    /// The child's PATH, and where the stand-in finds the endpoint.
    pub(in crate::exec) fn variables(&self, port: u16, secret: &str) -> io::Result<[(&'static str, OsString); 2]> {
        // What programs search where there is no PATH.
        let path = std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
        let folders = [self.0.path().to_owned()].into_iter().chain(std::env::split_paths(&path));
        let path = std::env::join_paths(folders).map_err(io::Error::other)?;
        Ok([("PATH", path), (ADDRESS, format!("http://127.0.0.1:{port}/{secret}/az").into())])
    }
}

#[cfg(unix)]
fn link(program: &Path, folder: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(program, folder.join("az"))
}

/// Links need a privilege on Windows. Some programs look for `az.cmd` by its whole name.
#[cfg(windows)]
fn link(program: &Path, folder: &Path) -> io::Result<()> {
    let copy = folder.join("az.exe");
    std::fs::hard_link(program, &copy).or_else(|_| std::fs::copy(program, &copy).map(|_| ()))?;
    std::fs::write(folder.join("az.cmd"), "@\"%~dp0az.exe\" %*\r\n")
}
