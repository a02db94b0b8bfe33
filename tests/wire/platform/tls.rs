//! Who speaks to whom: the platform's certificate and the kiosk's own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use kuaiban::platform::PlatformError;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use super::*;

/// A root that issues certificates.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: rcgen::Certificate,
}

impl Authority {
    fn new() -> Authority {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Authority { issuer: Issuer::new(params, key), certificate }
    }

    fn issue(&self, name: &str, usage: ExtendedKeyUsagePurpose) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.extended_key_usages = vec![usage];
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate, key)
    }
}

/// Takes TLS connections of kiosks that `authority` knows and hands them on to the platform.
async fn front(authority: &Authority, platform: SocketAddr) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
    let (certificate, key) = authority.issue("localhost", ExtendedKeyUsagePurpose::ServerAuth);
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut kiosk = match acceptor.accept(stream).into_fallible().await {
                    Ok(kiosk) => kiosk,
                    // Stays until the kiosk has read why.
                    Err((_, mut stream)) => {
                        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
                        return;
                    }
                };
                let mut platform = tokio::net::TcpStream::connect(platform).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut kiosk, &mut platform).await;
            });
        }
    });
    address
}

fn write(folder: &Path, name: &str, text: &str) -> Option<PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    Some(path)
}

#[tokio::test]
async fn the_kiosk_shows_its_certificate_and_every_fault_of_tls_has_cause_and_remedy() {
    let simulator = simulator(NEVER).await;
    let (bureau, stranger) = (Authority::new(), Authority::new());
    let address = front(&bureau, simulator.address()).await;
    let folder = tempfile::tempdir().unwrap();
    let kiosk = |authority: &Authority, name: &str| {
        let (certificate, key) = authority.issue("kiosk-0001", ExtendedKeyUsagePurpose::ClientAuth);
        let identity = write(folder.path(), &format!("{name}.pem"), &certificate.pem());
        (identity, write(folder.path(), &format!("{name}.key"), &key.serialize_pem()))
    };
    let (identity, key) = kiosk(&bureau, "kiosk");
    let (foreign_identity, foreign_key) = kiosk(&stranger, "foreign");
    let ca = write(folder.path(), "ca.pem", &bureau.certificate.pem());
    let foreign_ca = write(folder.path(), "foreign-ca.pem", &stranger.certificate.pem());
    let empty = write(folder.path(), "empty.pem", "");
    let right = config::Platform {
        identity: identity.clone(),
        key: key.clone(),
        ca: ca.clone(),
        ..config(format!("https://localhost:{}", address.port()))
    };
    let ask = |config: config::Platform| async move {
        let client = Client::new(&config).unwrap();
        client.health().await?;
        client.apply(&super::key(), body(1)).await
    };
    let state = ask(right.clone()).await.unwrap();
    assert_eq!(state.status, CaseStatus::Accepted);

    let with = |change: &dyn Fn(&mut config::Platform)| {
        let mut config = right.clone();
        change(&mut config);
        config
    };
    let missing = Some(folder.path().join("missing.pem"));
    let table = [
        // The platform is another: its certificate comes from nobody whom the kiosk knows.
        (with(&|c| c.ca = foreign_ca.clone()), "its certificate is not accepted", "kiosk's clock"),
        // The platform wants to know who speaks.
        (
            with(&|c| {
                c.identity = None;
                c.key = None;
            }),
            "it does not accept this kiosk",
            "[platform] identity",
        ),
        (
            with(&|c| {
                c.identity = foreign_identity.clone();
                c.key = foreign_key.clone();
            }),
            "it does not accept this kiosk",
            "enrolled",
        ),
        (with(&|c| c.key = foreign_key.clone()), "identity", "belong together"),
        (with(&|c| c.key = missing.clone()), "[platform] key", "give a readable PEM file"),
        (with(&|c| c.ca = empty.clone()), "[platform] ca", "give the bureau's root"),
        (with(&|c| c.identity = empty.clone()), "[platform] identity", "as PEM"),
    ];
    for (config, cause, remedy) in table {
        let error = ask(config.clone()).await.unwrap_err();
        let said = error.to_string();
        assert!(matches!(error, PlatformError::Unreachable { .. }), "{said}");
        assert!(said.contains(cause) && said.contains(remedy), "{cause}, {remedy}: {said}");
    }
    assert_eq!(simulator.books().cases.len(), 1);
}
