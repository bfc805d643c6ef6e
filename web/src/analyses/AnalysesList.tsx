import { getAnalyses } from "../api";
import { Link } from "../Link";
import { Empty, Loaded } from "../marks/States";
import { useResource } from "../resource";
import { pageHref } from "../url";
import { spaced } from "../words";

/** Every installed analysis with the question it answers and the records it reads. */
export function AnalysesList() {
  const analyses = useResource("analyses", getAnalyses);
  return (
    <main className="pane page-pad" id="main">
      <h1 className="title">Analyses</h1>
      <p className="lede">Each asks one question of the records. A run here writes nothing; the inbox is filled by papaver update.</p>
      <Loaded of={analyses} what="The list of analyses">
        {(list) =>
          list.length === 0 ? (
            <Empty>
              No analysis is installed. <code>papaver list</code> says what was looked for and where.
            </Empty>
          ) : (
            <table className="data stacked analyses-list">
              <thead>
                <tr>
                  <th scope="col">Analysis</th>
                  <th scope="col">Asks</th>
                  <th scope="col">Reads</th>
                  <th scope="col">Name</th>
                </tr>
              </thead>
              <tbody>
                {list.map((one) => (
                  <tr key={one.name}>
                    <td className="keep">
                      <Link href={pageHref(`/analyses/${encodeURIComponent(one.name)}`)}>{one.title}</Link>
                    </td>
                    <td data-label="Asks">
                      {one.question}
                      {one.missing_extra && (
                        <>
                          {" "}
                          Needs <code>pip install "papaver[{one.missing_extra}]"</code>
                        </>
                      )}
                    </td>
                    <td data-label="Reads">{one.reads.map(spaced).join(", ")}</td>
                    <td data-label="Name">
                      <code>{one.name}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </main>
  );
}
