//! Generates the wire types from `proto/rowlock.proto`, without a protoc on the machine.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=proto/rowlock.proto");
    let descriptors = protox::compile(["proto/rowlock.proto"], ["proto"])?;
    prost_build::compile_fds(descriptors)?;
    Ok(())
}
