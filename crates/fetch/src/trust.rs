//! Whose certificates are believed.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::FetchError;

/// Whose certificates are believed.
#[derive(Debug, Clone, Default)]
pub enum Trust {
    /// Those that this machine trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
    #[default]
    System,
    /// Those in a file in the form PEM, and no others.
    File(PathBuf),
}

impl Trust {
    pub(crate) fn config(&self) -> Result<TlsConfig, FetchError> {
        let roots = match self {
            Self::System => system()?,
            Self::File(path) => {
                let refused =
                    |reason: String| FetchError::Trust { place: path.display().to_string(), reason };
                let text = fs::read(path).map_err(|error| refused(error.to_string()))?;
                let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
                let found = found.map_err(|error| refused(error.to_string()))?;
                if found.is_empty() {
                    return Err(refused("there is no certificate in it".to_owned()));
                }
                found
            }
        };
        let roots: Vec<Certificate<'static>> =
            roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
        Ok(TlsConfig::builder()
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::Specific(Arc::new(roots)))
            .build())
    }
}

/// A machine may have some certificates that cannot be read; with none at all nothing can be trusted, which the
/// connection then says. Who asks without encryption needs none.
fn system() -> Result<Vec<CertificateDer<'static>>, FetchError> {
    let found = rustls_native_certs::load_native_certs();
    match found.errors.first() {
        Some(error) if found.certs.is_empty() => {
            Err(FetchError::Trust { place: "this system".to_owned(), reason: error.to_string() })
        }
        Some(_) | None => Ok(found.certs),
    }
}
