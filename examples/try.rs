//! dev only
use pgsnap::{catalog, command::script};
#[tokio::main]
async fn main() {
    let (client, conn) =
        tokio_postgres::connect(&std::env::args().nth(1).unwrap(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(conn);
    client.batch_execute("set search_path=''; set extra_float_digits=3; set intervalstyle=postgres; set datestyle=ISO; begin isolation level repeatable read read only").await.unwrap();
    let v: i32 = client.query_typed("select current_setting('server_version_num')::int4", &[]).await.unwrap()[0].get(0);
    let major = v as u32 / 10000;
    let t = std::time::Instant::now();
    let list = catalog::list(&client, major).await.unwrap();
    let oids: Vec<u32> = list.iter().filter(|l| l.extension.is_none()).map(|l| l.oid).collect();
    let mut c = catalog::read(&client, major, &oids).await.unwrap();
    for u in &c.unknown {
        eprintln!("UNKNOWN {u:?}");
    }
    c.keep(|_| true, true, true);
    eprintln!("read {:?} objects {} edges {}", t.elapsed(), c.objects.len(), c.edges.len());
    let seqs: Vec<_> = list
        .iter()
        .filter(|l| l.relkind == 'S' && l.extension.is_none())
        .map(|l| (l.oid, pgsnap::sql::qualified(&l.schema, &l.name)))
        .collect();
    let vals = catalog::data::sequences(&client, major, &seqs).await.unwrap();
    let vals: Vec<_> = vals
        .into_iter()
        .map(|v| {
            let l = list.iter().find(|l| l.oid == v.oid).unwrap();
            (
                script::DataOf {
                    oid: l.oid,
                    number: 0,
                    schema: l.schema.clone(),
                    name: l.name.clone(),
                    extension: None,
                },
                v,
            )
        })
        .collect();
    let tabs: Vec<u32> = list.iter().filter(|l| l.relkind == 'r' && l.extension.is_none()).map(|l| l.oid).collect();
    let t2 = std::time::Instant::now();
    let d = catalog::data::tables(&client, major, &tabs).await.unwrap();
    eprintln!("data {:?} {}", t2.elapsed(), d.len());
    let lo = catalog::data::large_objects(&client, major).await.unwrap();
    let b = script::build(
        c,
        &script::Parts { tables: &[], sequences: &vals, large_objects: &lo, large_object_data: None, major },
    )
    .unwrap();
    for w in &b.warnings {
        eprintln!("WARN {w}");
    }
    eprintln!("total {:?} entries {}", t.elapsed(), b.script.entries.len());
    println!("{}", pgsnap::sql::script::preamble("UTF8", major));
    use pgsnap::sql::Pass;
    for pass in [Pass::Main, Pass::Privileges, Pass::Last] {
        println!("{}", b.script.render(|e| e.pass == pass));
    }
}
