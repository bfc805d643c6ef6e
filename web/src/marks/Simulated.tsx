/** The word that keeps made-up data from being taken for evidence. */
export const Simulated = ({ when }: { when: boolean }) =>
  when ? (
    <span className="sim" data-testid="simulated">
      SIMULATED
    </span>
  ) : null;
